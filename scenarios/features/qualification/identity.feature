# language: ja
機能: 本人との突合と誤りの訂正 | Checks against the residents' data, and corrections

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:register-agrees
  シナリオ: 住民基本台帳と食い違わなければ、医療情報は同意により開かれる | Where the resident register agrees, consent opens medical information
    前提 住民基本台帳との突合で「架空花子」の氏名は『架空　花子』とされる
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-INS-07]

  @id:register-differs @twin:qualification/register-agrees
  シナリオ: 住民基本台帳と食い違えば、解消するまで医療情報は隠される | Where it differs, medical information is hidden until that is settled
    前提 住民基本台帳との突合で「架空花子」の氏名は『別名　花子』とされる
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報は提供されない [OQS-INS-07, OQS-PRIV-10]
    もし 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 同意があるのは限度額情報と特定疾病情報だけである [OQS-INS-07]
    もし 保険者が「架空花子」を本人と確認する
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    かつ 「見本診療所」が「架空花子」の薬剤情報を求める
    ならば 薬剤情報『架空薬カナリア錠10mg』が提供される [OQS-INS-07]

  @id:wrong-link-corrected
  シナリオ: 誤った紐付けは訂正され、他人の資格は回答から消える | A wrong link is corrected, and the other person's insurance is gone from answers
    もし 新しい保険者が「架空花子」の資格取得を2026年4月1日付けで届け出る
      | 保険者番号 | 保険者名称         | 記号 | 番号    | 枝番 |
      | 99060021   | 仮名健康保険組合   | 仮2  | 0000099 | 01   |
    かつ 保険者が直前の資格取得の届出を取り消す
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 回答の保険者番号は『99010017』である [OQS-INS-08]
    かつ 回答の番号は『0001234』である [OQS-INS-08]

  @id:wrong-link-standing @twin:qualification/wrong-link-corrected
  シナリオ: 訂正されるまで、誤った紐付けは残る | Until it is corrected a wrong link stands
    もし 新しい保険者が「架空花子」の資格取得を2026年4月1日付けで届け出る
      | 保険者番号 | 保険者名称         | 記号 | 番号    | 枝番 |
      | 99060021   | 仮名健康保険組合   | 仮2  | 0000099 | 01   |
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 回答の保険者番号は『99060021』である [OQS-INS-08]
    もし 保険者が直前の資格取得の届出を取り消す
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 回答の保険者番号は『99010017』である [OQS-INS-08]
